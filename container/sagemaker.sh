#!/bin/sh
# Starts the server as SageMaker expects it: `serve` is the argument that it gives.
set -eu

# Where it asks, when several containers share an endpoint.
export CLIPQL_PORT="${SAGEMAKER_BIND_TO_PORT:-$CLIPQL_PORT}"

# The files of ModelDataUrl; without them, CLIPQL_MODEL or the small model.
model="${SM_MODEL_DIR:-/opt/ml/model}"
if [ -f "$model/config.json" ]; then
  export CLIPQL_MODEL="$model"
fi

exec node --max-semi-space-size=4 packages/api/bin/clipql.js "$@"

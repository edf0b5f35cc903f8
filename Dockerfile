# Two images: `serve`, the default, and `sagemaker`; see container/README.md.
ARG NODE_IMAGE=node:24-slim

# What runs needs, at the versions of the lock file, and nothing of bench or tools, nor WebGPU for Node.
FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY packages/core/package.json packages/core/
COPY packages/api/package.json packages/api/
RUN npx --yes pnpm@10.34.9 install --prod --no-optional --frozen-lockfile --prefer-offline --ignore-scripts --filter @clipql/api...

FROM dependencies AS build
RUN CI=true npx --yes pnpm@10.34.9 install --frozen-lockfile --prefer-offline --ignore-scripts --filter . --filter @clipql/api...
COPY tsconfig.base.json ./
COPY packages/core packages/core
COPY packages/api packages/api
RUN node node_modules/typescript/bin/tsc -b packages/core packages/api

FROM ${NODE_IMAGE} AS serve
ENV NODE_ENV=production
ENV HF_HOME=/models
ENV XDG_CACHE_HOME=/models/.cache
ENV CLIPQL_HOST=0.0.0.0
ENV CLIPQL_PORT=4000
WORKDIR /app
COPY --from=dependencies /app ./
COPY --from=build /app/packages/core/dist packages/core/dist
COPY --from=build /app/packages/api/dist packages/api/dist
COPY packages/api/bin packages/api/bin
COPY packages/api/examples packages/api/examples
COPY models models
COPY container container
COPY LICENSE ./
# Downloaded models, for the user that node:24-slim calls node.
RUN install --directory --owner=1000 --group=1000 /models
VOLUME /models
USER 1000:1000
EXPOSE 4000
HEALTHCHECK --interval=30s --timeout=5s --start-period=2m --retries=3 CMD ["node", "container/healthcheck.js"]
ENTRYPOINT ["node", "--max-semi-space-size=4", "packages/api/bin/clipql.js"]
CMD ["serve"]

# SageMaker starts `docker run image serve`, asks /ping and /invocations on port 8080, and puts a
# model's files into /opt/ml/model.
FROM serve AS sagemaker
ENV CLIPQL_PORT=8080
# No browser reaches it, and the name that SageMaker asks it by is its own.
ENV CLIPQL_HOSTS=*
EXPOSE 8080
LABEL com.amazonaws.sagemaker.capabilities.accept-bind-to-port=true
ENTRYPOINT ["sh", "container/sagemaker.sh"]

# The last one is the one that `docker build .` makes.
FROM serve

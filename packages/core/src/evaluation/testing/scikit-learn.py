"""Writes scikit-learn.json: the figures of some answers, by scikit-learn, statsmodels and numpy.

    pip install numpy scikit-learn statsmodels && python3 scikit-learn.py > scikit-learn.json
"""

import json
import sys
import warnings

import numpy as np
from sklearn import metrics
from statsmodels.stats.proportion import proportion_confint

BINS = 15
POINTS = 21
warnings.filterwarnings("ignore")
random = np.random.default_rng(17)
counts = [70, 40, 25, 1, 0, 14]
classes = len(counts)
truths = np.repeat(np.arange(classes), counts)
logits = random.normal(size=(len(truths), classes)) * 1.5
logits[np.arange(len(truths)), truths] += 1.8
# Two decimals: some confidences are equal.
logits = np.round(logits, 1)
logits[:, 4] -= 2
probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
predictions = probabilities.argmax(axis=1)
confidences = np.round(probabilities.max(axis=1), 2)
correct = predictions == truths


def wilson(hits, of):
    if of == 0:
        return None
    low, high = proportion_confint(hits, of, method="wilson")
    return {"value": hits / of, "low": low, "high": high}


matrix = metrics.confusion_matrix(truths, predictions, labels=range(classes))
recalls = metrics.recall_score(truths, predictions, labels=range(classes), average=None)
precisions = metrics.precision_score(truths, predictions, labels=range(classes), average=None)
rows, columns, right = matrix.sum(axis=1), matrix.sum(axis=0), matrix.diagonal()
seen = rows > 0
bounds = np.array([proportion_confint(h, n, method="wilson") for h, n in zip(right[seen], rows[seen])])
balanced = metrics.balanced_accuracy_score(truths, predictions)
squares = ((bounds - recalls[seen][:, None]) ** 2).sum(axis=0)

edges = np.linspace(0, 1, BINS + 1)
bin_of = np.clip(np.digitize(confidences, edges, right=True) - 1, 0, BINS - 1)
bins = [
    {
        "count": int((bin_of == b).sum()),
        "confidence": float(confidences[bin_of == b].mean()) if (bin_of == b).any() else None,
        "accuracy": float(correct[bin_of == b].mean()) if (bin_of == b).any() else None,
    }
    for b in range(BINS)
]
expected = sum(b["count"] * abs(b["confidence"] - b["accuracy"]) for b in bins if b["count"]) / len(truths)

ascending = np.sort(confidences)[::-1]
curve = {}
for point in range(POINTS, 0, -1):
    threshold = ascending[int(np.ceil(len(truths) * point / POINTS)) - 1]
    kept = confidences >= threshold
    curve.setdefault(float(kept.mean()), [float(threshold), float(kept.mean()), float(correct[kept].mean())])

json.dump(
    {
        "truths": truths.tolist(),
        "predictions": predictions.tolist(),
        "confidences": confidences.tolist(),
        "matrix": matrix.tolist(),
        "accuracy": {
            "value": metrics.accuracy_score(truths, predictions),
            **{k: v for k, v in wilson(int(right.sum()), len(truths)).items() if k != "value"},
        },
        "balancedAccuracy": {
            "value": balanced,
            "low": balanced - np.sqrt(squares[0]) / seen.sum(),
            "high": balanced + np.sqrt(squares[1]) / seen.sum(),
        },
        "recalls": [float(r) if n else None for r, n in zip(recalls, rows)],
        "precisions": [float(p) if n else None for p, n in zip(precisions, columns)],
        "bins": bins,
        "expectedError": expected,
        "curve": list(curve.values()),
    },
    sys.stdout,
    separators=(",", ":"),
)
print()

"""What optuna's FanovaImportanceEvaluator says of the settings of some made-up sweeps: writes golden.json beside itself.

Needs optuna and scikit-learn. A forest depends on its random numbers: each sweep is judged with many seeds, whose mean and
standard deviation are kept. Logarithmic settings are given to optuna as exponents, as it measures them by their raw size;
categories are of two, as it takes each of them for a setting of its own, of which of three the third gets half the weight.
"""

import json
import math
from importlib.metadata import version
from pathlib import Path

import numpy as np
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.importance import FanovaImportanceEvaluator

HERE = Path(__file__).parent
SEEDS = 20
RATE, DECAY = FloatDistribution(-5, -1), FloatDistribution(0, 0.3)
OPTIMIZER, DEPTH = CategoricalDistribution(["adam", "sgd"]), IntDistribution(1, 6)


def training(s):
    """The learning rate has a best place, which is another for sgd; depth helps a little, decay hardly."""
    best = -1.8 if s["optimizer"] == "sgd" else -3
    return 0.4 * (s["learningRate"] - best) ** 2 + (0.5 if s["optimizer"] == "sgd" else 0) - 0.1 * s["depth"] + 0.5 * s["weightDecay"]


def additive(s):
    return 2 * s["learningRate"] + 3 * s["depth"]


def interaction(s):
    return (s["learningRate"] + 3) * (s["depth"] - 3.5)


SWEEPS = {
    "training of 30": (30, training, dict(learningRate=RATE, optimizer=OPTIMIZER, depth=DEPTH, weightDecay=DECAY)),
    "training of 200": (200, training, dict(learningRate=RATE, optimizer=OPTIMIZER, depth=DEPTH, weightDecay=DECAY)),
    "additive": (120, additive, dict(learningRate=RATE, depth=DEPTH)),
    "interaction": (200, interaction, dict(learningRate=RATE, depth=DEPTH)),
}


def draw(rng, distribution):
    if isinstance(distribution, CategoricalDistribution):
        return distribution.choices[rng.integers(len(distribution.choices))]
    if isinstance(distribution, IntDistribution):
        return int(rng.integers(distribution.low, distribution.high + 1))
    return round(float(rng.uniform(distribution.low, distribution.high)), 5)


def main() -> None:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    cases = {}
    for name, (count, result, space) in SWEEPS.items():
        rng = np.random.default_rng(sum(map(ord, name)))
        settings = [{key: draw(rng, distribution) for key, distribution in space.items()} for _ in range(count)]
        results = [round(result(one) + 0.1 * float(rng.normal()), 5) for one in settings]
        study = optuna.create_study()
        for one, value in zip(settings, results):
            study.add_trial(optuna.trial.create_trial(params=one, distributions=space, value=value))
        judged = [FanovaImportanceEvaluator(seed=seed).evaluate(study) for seed in range(SEEDS)]
        shares = {key: np.array([one[key] for one in judged]) for key in space}
        assert all(math.isfinite(value) for values in shares.values() for value in values)
        cases[name] = {
            "settings": {key: [one[key] for one in settings] for key in space},
            "results": results,
            "shares": {key: {"mean": round(float(v.mean()), 5), "deviation": round(float(v.std(ddof=1)), 5)} for key, v in shares.items()},
        }
    made_with = {name: version(name) for name in ("optuna", "scikit-learn", "numpy")}
    (HERE / "golden.json").write_text(json.dumps({"made_with": made_with, "seeds": SEEDS, "cases": cases}) + "\n")


main()

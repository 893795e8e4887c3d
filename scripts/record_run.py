"""Record the run that the page Training plays before anybody has clicked: the default settings, on scikit-learn's digits.

    python scripts/record_run.py

It takes seconds, and writes assets/training.npz: what is seen at each moment, no weights but the first filters; and what every layer makes of the first held-out digit.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}

import numpy as np  # noqa: E402

from convlens.networks.runs import Settings, moments  # noqa: E402
from convlens.pictures.jobs import held_out  # noqa: E402
from convlens.training.jobs import go_on, strips  # noqa: E402
from convlens.training.run import RECORDED, columns_of, columns_of_strips  # noqa: E402

LAST = 2048  # update


def main() -> None:
    found = go_on(Settings(), None, tuple(moments(LAST)), 600.0)
    reports = [moment.report for moment in found]
    drawn = strips(Settings(), tuple(moment.state.network for moment in found), held_out("digits")[0][0])
    for report in reports:
        print(f"{report.update:5} loss {report.loss[1]:.3f} right {report.accuracy[1]:.3f}")
    np.savez_compressed(RECORDED, **columns_of(reports), **columns_of_strips(drawn))


if __name__ == "__main__":
    main()

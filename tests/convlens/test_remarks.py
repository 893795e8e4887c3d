"""Remarks by hand."""

import numpy as np

from convlens.remarks import Remark, remarks


def test_remarks_by_hand():
    a = np.array([[0.0, 1.0], [0.5, 0.25]])
    found = remarks(np.stack([a, np.zeros((2, 2)), 2 * a, a.T - 1], axis=-1))
    assert found == [
        Remark("Map 0: 0 to 1", "", ""),
        Remark("Map 1: 0 to 0, never fires on this picture", "silent", "never fires on this picture"),
        Remark("Map 2: 0 to 2, repeats map 0", "= 0", "repeats map 0"),
        Remark("Map 3: −1 to 0", "", ""),
    ]

"""Keras, without what it imports only to offer more of itself: half of the time of its import, and 130 MB of each worker.

Keras and TensorFlow look whether scikit-learn, Matplotlib, pandas and SciPy are there, for wrappers, galleries and frames that
nobody here asks for. While they are imported these are not found, which both expect; afterwards they are there as ever.
"""

import sys

UNUSED = ("matplotlib", "pandas", "scipy", "sklearn")

_hidden = [name for name in UNUSED if name not in sys.modules]
sys.modules.update(dict.fromkeys(_hidden))  # None is Python's own way to say that there is no such module
try:
    import keras  # noqa: F401
finally:
    for _name in _hidden:
        del sys.modules[_name]

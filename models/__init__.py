"""The networks: the only package that imports Keras (in every module but ``catalog``)."""

"""Files → networks that run: loaded, sliced, called."""

"""How a network comes to be: runs that are trained step by step and looked at on the way. What a run is, is ``networks.runs``."""

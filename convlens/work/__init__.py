"""How heavy work is done: the engine, the cluster, turns, digests. Knows no subject."""

"""Classes of one's own, taught to a network's features: photos, what is learned from them, how well, and what it says of another photo."""

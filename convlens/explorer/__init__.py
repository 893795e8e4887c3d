"""The page Explorer: the whole network, how each number is made, what a cell can see."""

"""A picture as a few numbers, and back: autoencoders asked of a digit. Training them is `models/training`'s; other networks have pages of their own."""

"""A picture as a few numbers, and back: autoencoders asked of a digit. How they are trained stands in `models/training`; other networks have pages of their own."""

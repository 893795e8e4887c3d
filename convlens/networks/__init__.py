"""What a network is and what is said of it, without Keras. Keras is in `models/` alone."""

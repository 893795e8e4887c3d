"""The pages Digits and Ladder: nearest neighbours and other ways to read a digit. The digits themselves are in `pictures/`."""

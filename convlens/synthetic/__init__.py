"""The room of the page Made up: pictures from a program, and what is learned from them."""

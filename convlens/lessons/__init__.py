"""What is said beside the pages. Measurements and drawings belong to their rooms."""

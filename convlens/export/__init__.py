"""What leaves the house: Panels on paper."""

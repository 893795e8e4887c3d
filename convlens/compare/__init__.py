"""The page Compare: two networks beside each other."""

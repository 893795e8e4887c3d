"""One picture through the whole chain, on one screen: small pictures that other pages open. What a page shows in the large is in its room."""

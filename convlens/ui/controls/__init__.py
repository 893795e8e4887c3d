"""Controls that a page has besides its panels, one file a subject."""

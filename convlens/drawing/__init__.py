"""Arrays → what can be seen: scales, sheets, encodings, colours, charts, markup. Knows no network and no picture."""

"""Live parts that several rooms use: a folder each, with html, css and js; the style and script that all of them share. A room's own parts are folders of the room."""

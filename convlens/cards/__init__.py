"""What is known of each network before it is asked anything: its card, as a visitor reads it. The card itself is in `networks/`."""

"""What the canvas shows at a moment, decided without Qt and only then applied to graphics items."""

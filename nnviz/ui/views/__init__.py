"""What every view is, the canvas, and the strip of equations below it. No view knows another."""

"""The views of a moment, one file each. No view knows another."""

"""The process package of a grid event."""

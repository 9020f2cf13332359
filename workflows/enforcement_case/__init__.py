"""The approval of an application through the one window, under 行政许可法."""

"""The process package of the monthly assessment of grid workers."""

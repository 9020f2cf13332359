"""The item list: the classes of what grid workers look for, its versions and what they changed."""

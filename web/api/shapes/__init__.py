"""The shapes of what the API takes and gives, a file for each that takes calls; its description is made from them."""

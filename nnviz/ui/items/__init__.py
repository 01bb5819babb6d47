"""Graphics items of a network: each shows one part of a picture and knows where its numbers are."""

"""One module a question; `graph.Graph` is the door to all of them."""

"""Ask a person for the labels of texts, one key an answer."""

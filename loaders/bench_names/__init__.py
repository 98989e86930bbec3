"""What name matching is worth: `python -m loaders.bench_names`, beside the field's own tools in the same run."""

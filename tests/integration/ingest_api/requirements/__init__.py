"""What ADL's conformance suite asks of statements, one by one, in both versions and on both stores, without the suite."""

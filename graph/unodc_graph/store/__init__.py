"""Everything that touches the engine: parsing, generations, evaluation. Nothing else imports pyoxigraph."""

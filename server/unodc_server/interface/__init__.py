"""The interface described for programs: what each method of each address does, as an OpenAPI document."""

"""racesim's aggregations as jobs of Spark Structured Streaming; spark/aggregate.py runs them."""

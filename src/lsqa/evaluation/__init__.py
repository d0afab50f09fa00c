"""Whether answers are right: cases, what lsqa made of them, measures, runs that can be compared."""

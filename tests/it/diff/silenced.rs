//! Tests of silenced.

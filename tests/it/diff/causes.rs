//! Tests of causes.

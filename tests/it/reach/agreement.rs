//! The engine and the oracle agree on every pair of endpoints, at every boundary of ports and addresses.

use proptest::prelude::*;

use super::comparison::agree;
use super::config;
use super::generate::{Size, case};

proptest! {
    #![proptest_config(config(100))]

    #[test]
    fn agrees_with_the_oracle_on_small_clusters(case in case(Size::SMALL)) {
        agree(&case)?;
    }
}

proptest! {
    #![proptest_config(config(2))]

    #[test]
    fn agrees_with_the_oracle_on_larger_clusters(case in case(Size::LARGE)) {
        agree(&case)?;
    }
}

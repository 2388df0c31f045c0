#pragma once

// Catch2 under one name: version 3 where it is installed, else version 2.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
using Catch::Approx;  // where version 2 has it, for tests that say Catch::Approx or Approx
#else
#include <catch2/catch.hpp>
#endif

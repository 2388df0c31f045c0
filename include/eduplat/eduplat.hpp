#pragma once

/// Everything a host normally needs.
#include <eduplat/core/error.hpp>
#include <eduplat/core/id.hpp>
#include <eduplat/core/limits.hpp>
#include <eduplat/core/localized_text.hpp>
#include <eduplat/core/money.hpp>
#include <eduplat/core/money_literals.hpp>
#include <eduplat/core/page.hpp>
#include <eduplat/core/time.hpp>
#include <eduplat/core/uid.hpp>
#include <eduplat/platform.hpp>

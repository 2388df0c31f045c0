#include "day.hpp"

namespace school_day {

using edu::testing::FakeOutcome;
using namespace edu::literals;
using namespace std::chrono_literals;

namespace {

std::string told(edu::PaymentStep const& step) {
    auto const attempt = std::string{edu::name(step.attempt)};
    return "attempt " + attempt + ", payment " + std::string{edu::name(step.state)} + ", order " +
           std::string{edu::name(step.order_state)};
}

/// Sends what a step asks for until it asks for nothing: the host's part of a sale.
edu::PaymentStep send(Day& day, edu::PaymentStep step) {
    while (step.request) {
        step = day.school().payments().answer(step.payment, day.gateway().send(*step.request));
        day.say("  " + told(step));
    }
    return step;
}

edu::PaymentStep buy(Day& day, std::string const& buyer, std::string_view slug,
                     std::optional<FakeOutcome> outcome = std::nullopt) {
    if (outcome) day.gateway().script({*outcome});
    auto const course = day.course(slug);
    day.say(buyer + " buys \"" + in_english(course.title) + "\" for " +
            edu::to_string(course.prices.all().front().amount));
    return send(day, day.school().payments().checkout(
                         day[buyer], {.course = course.id, .idempotency_key = std::string{slug}}));
}

/// Gives all webhooks that wait to the school, twice each.
void deliver_webhooks(Day& day, std::string_view when) {
    int facts = 0;
    int news = 0;
    for (auto const& webhook : day.gateway().take_webhooks(day.now())) {
        for (int time = 0; time < 2; ++time) {
            auto const receipt = day.school().payments().webhook("fake", webhook);
            facts += receipt.facts;
            news += receipt.news;
        }
    }
    day.say(std::string{when} + " webhooks come, each of them twice: " + std::to_string(facts) +
            " facts, " + std::to_string(news) + " of them news");
}

void refund(Day& day, edu::PaymentId payment, std::optional<edu::Money> amount,
            std::string const& reason) {
    auto step = day.school().payments().refund(
        day["root"],
        {.payment = payment, .idempotency_key = reason, .amount = amount, .reason = reason});
    while (step.request)
        step = day.school().payments().answer(step.refund, day.gateway().send(*step.request));
    day.say(edu::to_string(step.amount) + " go back (" + reason +
            "): " + std::string{edu::name(step.state)});
}

edu::PaymentId payment_for(Day& day, std::string const& buyer, std::string_view slug) {
    auto const page = day.school().payments().payments(
        day[buyer], {.user = day[buyer].user(), .course = day.course(slug).id});
    return page.items.front().id;
}

void sell_last_seats(Day& day) {
    auto const tea = day.course("tea-brewing");
    day.school().courses().update(
        day["Grace"], {.course = tea.id, .version = tea.version, .capacity = std::optional{2}});
    day.say("Grace has two seats for \"" + in_english(tea.title) + "\"");
    buy(day, "Omar", "tea-brewing");
    buy(day, "小明", "tea-brewing");
    day.say("Mia comes third: " + Day::refusal([&] {
                day.school().payments().checkout(
                    day["Mia"], {.course = tea.id, .idempotency_key = "tea-brewing"});
            }));
}

}  // namespace

void sell_courses(Day& day) {
    heading("Sales");
    auto const ben = buy(day, "Ben", "cpp-ownership", FakeOutcome::decline);
    day.say("he takes another card");
    send(day, day.school().payments().next_step(day["Ben"], ben.payment));

    auto const ada = buy(day, "Ada", "statistics-for-the-curious", FakeOutcome::time_out_after);
    day.say("no answer came: nobody knows, so the school asks");
    send(day, day.school().payments().next_step(day["Ada"], ada.payment));

    buy(day, "Lena", "reading-experiments", FakeOutcome::require_action);
    day.say("her bank wants to see her; she confirms");
    day.gateway().finish(day.gateway().payment_references().back());
    deliver_webhooks(day, "now");

    buy(day, "Lena", "statistics-for-the-curious");
    buy(day, "小明", "probability-basics");
    day.say("小明 presses the button once more, under the same key");
    auto const course = day.course("probability-basics");
    auto const again = day.school().payments().checkout(
        day["小明"], {.course = course.id, .idempotency_key = "probability-basics"});
    day.say("  the same payment: " + told(again));

    sell_last_seats(day);

    day.school().enrollments().give(day["Grace"], {.user = day["Mia"].user(),
                                                   .course = day.course("sql-indexes").id,
                                                   .ends_at = day.now() + std::chrono::days{30}});
    day.say("Grace gives her \"" + in_english(day.course("sql-indexes").title) + "\" for 30 days");
    for (auto const* const name : {"Ada", "Ben", "Mia"})
        day.school().enrollments().enroll(day[name], day.course("clear-email").id);
    day.school().enrollments().enroll(day["Ben"], day.course("reading-maps").id);
    day.say("Ada, Ben and Mia enroll in free courses");
}

void pay_back(Day& day) {
    heading("Money back");
    day.say("Ben found a lecture of \"" + in_english(day.course("cpp-ownership").title) +
            "\" too short");
    refund(day, payment_for(day, "Ben", "cpp-ownership"), 10'00_eur, "a part");
    auto const enrollment = [&] {
        return day.school()
            .enrollments()
            .find_enrollment(day["root"], day["Omar"].user(), day.course("tea-brewing").id)
            .value();
    };
    day.say("Omar drinks coffee: he is " + std::string{edu::name(enrollment().state)} +
            " and wants all of it back");
    refund(day, payment_for(day, "Omar", "tea-brewing"), std::nullopt, "all");
    day.say("his enrollment is " + std::string{edu::name(enrollment().state)} +
            ", and his seat is free");
    buy(day, "Mia", "tea-brewing");
    day.pass(8h);
    deliver_webhooks(day, "late at night");
}

}  // namespace school_day

#include "repositories/personas.hpp"

#include <cstddef>
#include <string_view>

namespace eduplat::repositories::personas {
namespace {

using storage::Connection;
using storage::Sql;
using storage::Statement;

constexpr Sql find_sql =
    "SELECT age_band, gender, region, occupation, motivation, budget_band, study_time, pace, "
    "media, device, version FROM personas WHERE user_id = ?1";
constexpr Sql items_sql =
    "SELECT kind, value FROM persona_items WHERE user_id = ?1 ORDER BY kind, position";
constexpr Sql insert_sql =
    "INSERT INTO personas (user_id, age_band, gender, region, occupation, motivation, "
    "budget_band, study_time, pace, media, device, version, updated_at) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 1, ?12) "
    "ON CONFLICT (user_id) DO NOTHING";
constexpr Sql update_sql =
    "UPDATE personas SET age_band = ?2, gender = ?3, region = ?4, occupation = ?5, "
    "motivation = ?6, budget_band = ?7, study_time = ?8, pace = ?9, media = ?10, device = ?11, "
    "version = version + 1, updated_at = ?12 WHERE user_id = ?1 AND version = ?13";
constexpr Sql remove_items_sql = "DELETE FROM persona_items WHERE user_id = ?1";
constexpr Sql insert_item_sql =
    "INSERT INTO persona_items (user_id, kind, position, value) VALUES (?1, ?2, ?3, ?4)";

constexpr std::string_view goal = "goal";
constexpr std::string_view interest = "interest";

Persona read(Statement const& row) {
    Persona persona;
    persona.age_band = row.optional(0, &Statement::string);
    persona.gender = row.optional(1, &Statement::string);
    persona.region = row.optional(2, &Statement::string);
    persona.occupation = row.optional(3, &Statement::string);
    persona.motivation = row.optional(4, &Statement::string);
    persona.budget_band = row.optional(5, &Statement::string);
    persona.study_time = row.optional(6, &Statement::string);
    persona.pace = row.optional(7, &Statement::string);
    persona.media = row.optional(8, &Statement::string);
    persona.device = row.optional(9, &Statement::string);
    persona.version = row.int64(10);
    return persona;
}

template <class... More>
bool write_row(Connection& connection, Sql sql, UserId user, Persona const& p, Timestamp at,
               More... more) {
    return connection.execute(sql, user, p.age_band, p.gender, p.region, p.occupation, p.motivation,
                              p.budget_band, p.study_time, p.pace, p.media, p.device, at,
                              more...) > 0;
}

void insert_items(Connection& connection, UserId user, std::string_view kind,
                  std::vector<std::string> const& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        connection.execute(insert_item_sql, user, kind, i, values[i]);
    }
}

}  // namespace

Persona find(Connection& connection, UserId user) {
    Persona persona;
    {
        auto row = connection.query(find_sql, user);
        if (!row.step()) return persona;
        persona = read(row);
    }
    auto items = connection.query(items_sql, user);
    while (items.step()) {
        auto& list = items.text(0) == goal ? persona.goals : persona.interests;
        list.push_back(items.string(1));
    }
    return persona;
}

void insert(Connection& connection, UserId user, Persona const& persona, Timestamp at) {
    write_row(connection, insert_sql, user, persona, at);
    insert_items(connection, user, goal, persona.goals);
    insert_items(connection, user, interest, persona.interests);
}

bool save(Connection& connection, UserId user, Persona const& persona, Timestamp at) {
    bool const saved = persona.version == 0
                           ? write_row(connection, insert_sql, user, persona, at)
                           : write_row(connection, update_sql, user, persona, at, persona.version);
    if (!saved) return false;
    connection.execute(remove_items_sql, user);
    insert_items(connection, user, goal, persona.goals);
    insert_items(connection, user, interest, persona.interests);
    return true;
}

}  // namespace eduplat::repositories::personas

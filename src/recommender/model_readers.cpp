#include "recommender/model_readers.hpp"

#include <eduplat/core/error.hpp>
#include <eduplat/recommender/als.hpp>
#include <eduplat/recommender/content.hpp>
#include <eduplat/recommender/ease.hpp>
#include <eduplat/recommender/graph_filter.hpp>
#include <eduplat/recommender/hybrid.hpp>
#include <eduplat/recommender/popularity.hpp>

#include <array>

namespace eduplat::recommender {
namespace {

constexpr std::string_view model_name = "model";

template <typename T>
std::unique_ptr<Model> read(ArrayReader const& reader) {
    return T::read_from(reader);
}

struct Entry {
    std::string_view name;  ///< Model::name()
    std::unique_ptr<Model> (*read)(ArrayReader const&);
};

/// Every model there is: a line each.
constexpr std::array entries{
    Entry{"als", read<AlsModel>},       Entry{"content", read<ContentModel>},
    Entry{"ease", read<EaseModel>},     Entry{"graph_filter", read<GraphFilterModel>},
    Entry{"hybrid", read<HybridModel>}, Entry{"popularity", read<PopularityModel>},
};

}  // namespace

void write_model(Model const& model, ArrayWriter& writer) {
    writer.put(model_name, model.name());
    model.write_to(writer);
}

std::unique_ptr<Model> read_model(ArrayReader const& reader) {
    auto const name = reader.text(model_name);
    for (auto const& entry : entries) {
        if (entry.name == name) return entry.read(reader);
    }
    fail(ErrorCode::data_loss, model_name, "unknown");
}

}  // namespace eduplat::recommender

#include "apps/client/settings.h"

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"

namespace chathttp {

bool AbslParseFlag(absl::string_view text, ColorChoice* choice, std::string* error) {
  for (const ColorChoice each : {ColorChoice::kAuto, ColorChoice::kAlways, ColorChoice::kNever}) {
    if (text != AbslUnparseFlag(each)) continue;
    *choice = each;
    return true;
  }
  *error = "must be auto, always or never";
  return false;
}

std::string AbslUnparseFlag(ColorChoice choice) {
  switch (choice) {
    case ColorChoice::kAuto:
      return "auto";
    case ColorChoice::kAlways:
      return "always";
    case ColorChoice::kNever:
      return "never";
  }
  return "";
}

ClientUi ChooseUi(const UiChoice& choice) {
  if (!choice.terminal || choice.json || choice.listens) return ClientUi::kPipe;
  const bool simple = choice.plain || choice.term.empty() || choice.term == "dumb";
  return simple ? ClientUi::kPrompts : ClientUi::kScreen;
}

std::uint32_t HistoryOf(std::optional<std::uint32_t> flag, ClientUi ui) {
  return flag.value_or(ui == ClientUi::kPipe ? 0 : kHistoryForPeople);
}

ColorMode ColorModeOf(ColorChoice choice, const Environment& environment) {
  const std::string_view term = environment.term;
  const bool plain = !environment.no_color.empty() || term.starts_with("vt");
  if (choice == ColorChoice::kNever || (choice == ColorChoice::kAuto && plain)) {
    return ColorMode::kNone;
  }
  if (environment.color_term.empty() && term.find("16color") != std::string_view::npos) {
    return ColorMode::k16;
  }
  const bool many = !environment.color_term.empty() || term.find("color") != std::string::npos ||
                    term.find("direct") != std::string::npos;
  return many ? ColorMode::k256 : ColorMode::k8;
}

bool TakesLinks(std::string_view term) {
  return !term.starts_with("linux") && !term.starts_with("vt");
}

std::string ClientFlagFile(const Environment& environment) {
  constexpr std::string_view kName = "/chathttp/client";
  if (environment.xdg_config_home.starts_with('/')) {
    return absl::StrCat(AbslView(environment.xdg_config_home), AbslView(kName));
  }
  if (!environment.home.starts_with('/')) return "";
  return absl::StrCat(AbslView(environment.home), "/.config", AbslView(kName));
}

std::string ClientStateDirectory(const Environment& environment) {
  constexpr std::string_view kName = "/chathttp";
  if (environment.xdg_state_home.starts_with('/')) {
    return absl::StrCat(AbslView(environment.xdg_state_home), AbslView(kName));
  }
  if (!environment.home.starts_with('/')) return "";
  return absl::StrCat(AbslView(environment.home), "/.local/state", AbslView(kName));
}

}  // namespace chathttp

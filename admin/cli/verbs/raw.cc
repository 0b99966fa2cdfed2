#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/util/json_util.h>

#include "admin/cli/files.h"
#include "admin/cli/format.h"
#include "admin/cli/methods.h"
#include "admin/cli/verbs/verbs.h"
#include "runtime/config/text.h"

namespace troupe::admin::cli {
namespace {

using google::protobuf::MessageFactory;

struct RawOptions {
  std::string method;
  std::string data = "{}";
};

void ListMethods(Tool& tool) {
  Table table({"METHOD", "TAKES", "GIVES"});
  for (const MethodDescriptor* method : Methods()) {
    table.Add({ShortName(*method), method->input_type()->name(),
               (method->server_streaming() ? "stream of " : "") + method->output_type()->name()});
  }
  Page page(tool.output().colour());
  page.Add(table);
  tool.output().PrintPage(page);
}

std::unique_ptr<Message> New(const google::protobuf::Descriptor* type) {
  return std::unique_ptr<Message>(MessageFactory::generated_factory()->GetPrototype(type)->New());
}

std::string DataOf(const std::string& data) {
  return data.rfind('@', 0) == 0 ? ReadInput(data.substr(1)) : data;
}

void CallMethod(Tool& tool, const RawOptions& options) {
  const MethodDescriptor& method = FindMethod(options.method);
  const std::unique_ptr<Message> request = New(method.input_type());
  const auto parsed =
      google::protobuf::util::JsonStringToMessage(DataOf(options.data), request.get());
  if (!parsed.ok()) {
    throw Failure(ExitCode::kUsage, config::Concat("-d is no ", method.input_type()->name(), ": ",
                                                   std::string(parsed.message())));
  }
  const std::unique_ptr<Message> response = New(method.output_type());
  if (!method.server_streaming()) {
    tool.client().Call(method.full_name(), *request, *response, tool.timeout());
    return tool.output().PrintTree(*response, /*one_of_many=*/false);
  }
  tool.client().Stream(method.full_name(), *request, *response,
                       {tool.timeout_given(), std::nullopt}, [&] {
                         tool.output().PrintTree(*response, /*one_of_many=*/true);
                         return true;
                       });
}

}  // namespace

void AddRaw(Command group, Tool& tool) {
  auto options = std::make_shared<RawOptions>();
  Command verb = group.Verb("raw", "Calls any method of the API with a request in JSON");
  verb.OptionalArgument("METHOD", options->method, "As Pools.GetPool; without: lists them");
  verb.Option("-d,--data", "JSON", options->data, "The request; @FILE or @- reads it");
  verb.Run([&tool, options] {
    options->method.empty() ? ListMethods(tool) : CallMethod(tool, *options);
  });
}

}  // namespace troupe::admin::cli

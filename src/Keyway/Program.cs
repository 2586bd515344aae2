using Keyway.Verbs;

return CommandLine.Run(args, VerbContext.OfProcess());

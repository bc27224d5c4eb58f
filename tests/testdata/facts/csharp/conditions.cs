using System;
#if NET
using System.Text;
#endif

public interface ILog {
#if CUSTOM
  [Custom]
#endif
  ILog For(string name, object value)
#if BODY
    => new Log()
      .For(name, value)
#endif
  ;

  string Text => @"#if "" { " + $"{For("#", 1)}" + """
#if {
""";
}

#if A
public class Log : ILog, IDisposable {
#else
public class Log : ILog {
#endif
  public ILog For(string name, object value) => this;
#if A
  public void Dispose() { }
#endif
}

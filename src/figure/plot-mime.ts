/**
 * MIME type of a plot's spec in a notebook's output. Not Plotly's own: JupyterLab's Plotly extension ignores every later
 * bundle for an output that it drew, adds a PNG as wide as the cell, and shows that one, stretched, when the saved
 * notebook is opened again. A front end without vitlab's renderer takes the picture beside it.
 */
export const PLOT_MIME = "application/vnd.vitlab.plot.v1+json";

/**
 * MIME type that has vitlab's renderer draw the picture `image/png` of the same bundle, whose value is nothing: a later
 * picture takes its place when it is decoded, where JupyterLab's own renderer would show none for a frame.
 */
export const STEADY_IMAGE_MIME = "application/vnd.vitlab.steady-image.v1+json";

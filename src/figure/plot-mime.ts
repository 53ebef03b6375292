/**
 * MIME type of a plot's spec in a notebook's output. Not Plotly's own: JupyterLab's Plotly extension ignores every later
 * bundle for an output that it drew, adds a PNG as wide as the cell, and shows that one, stretched, when the saved
 * notebook is opened again. A front end without vitlab's renderer takes the picture beside it.
 */
export const PLOT_MIME = "application/vnd.vitlab.plot.v1+json";
